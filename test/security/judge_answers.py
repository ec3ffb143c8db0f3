"""What Schemathesis asks, and what no answer may be (SCHEMATHESIS_HOOKS); test/security/run-schemathesis.ts runs it."""

import dataclasses
import re
import zlib

import graphql
import schemathesis
from hypothesis import strategies as st

# Codes of faults of the gateway itself, and of stores that a question has brought down.
FAULTS = {"INTERNAL", "SOURCE_UNAVAILABLE", "MIRROR_UNAVAILABLE", "WRITES_REFUSED", "MODEL_UNAVAILABLE"}

# What a driver, an engine or a runtime says to its programmer, and no client is to read.
INTERNALS = re.compile(
    r"you have an error in your sql syntax|(?-i:\bER_[A-Z_]{6,})|MongoServerError|MongoNetworkError|node_modules|"
    r"\bat \S+ \(?(file://|/)\S+:\d+:\d+|information_schema|TypeError|ReferenceError|RangeError|Unknown column",
    re.IGNORECASE,
)

# One of three is no value of its kind.
HOSTILE = st.sampled_from(["", "'", "' or 1=1 -- ", "$ne", "{\"$gt\": \"\"}", "\u0000", "\U0001F600", "9" * 400, "-0", "NaN"])


def register(name, values):
    schemathesis.graphql.scalar(
        name, st.one_of(values, values, HOSTILE).map(lambda value: graphql.StringValueNode(value=value))
    )


register("Decimal", st.decimals(-(10**12), 10**12, places=2).map(str))
register("BigInt", st.integers(-(2**63), 2**63 - 1).map(str))
register("Date", st.dates().map(str))
register("DateTime", st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z"))

# Arguments that exclude each other, or lead nowhere when drawn at random: half of the questions go without.
EXCLUSIVE = {"groupingSets", "rollup", "cube", "after", "before", "last", "having", "topPerGroup", "asOf", "source"}
EXCLUSIVE |= {"maxStaleness", "afterWrite", "convertTo"}


@schemathesis.hook
def map_body(ctx, body):
    """Half of the questions as they were drawn, half without what refuses nearly all of them."""
    document = body if isinstance(body, graphql.DocumentNode) else graphql.parse(body)
    if zlib.crc32(graphql.print_ast(document).encode()) % 2 == 0:
        return body

    class Plain(graphql.Visitor):
        def leave_field(self, node, *_):
            kept = tuple(one for one in node.arguments if one.name.value not in EXCLUSIVE)
            return dataclasses.replace(node, arguments=kept)

    plain = graphql.visit(document, Plain())
    return plain if isinstance(body, graphql.DocumentNode) else graphql.print_ast(plain)


@schemathesis.check
def refuses_or_answers(ctx, response, case):
    """Every question has an answer in JSON, or is refused by a code of the catalogue."""
    assert response.status_code < 500, f"answers {response.status_code}"
    answer = response.json()
    assert isinstance(answer, dict), "is no JSON object"
    for error in answer.get("errors") or []:
        code = (error.get("extensions") or {}).get("code")
        assert code, f"an error has no code: {error}"
        assert code not in FAULTS, f"fails: {error}"
        assert not INTERNALS.search(error.get("message", "")), f"tells what is inside: {error}"
