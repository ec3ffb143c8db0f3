"""Vitrine under Airflow 3: import at night, then verify, then export; one run at a time, no backlog of missed days."""

from datetime import datetime, timedelta, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

VITRINE = "cd /opt/vitrine && npx vitrine"

with DAG(
    dag_id="vitrine_files",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={
        # Every verb may be run again: what was cut off left nothing half done.
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=2),
    },
    tags=["vitrine"],
) as dag:
    import_files = BashOperator(task_id="import", bash_command=f"{VITRINE} import pos /srv/in", append_env=True)
    verify = BashOperator(task_id="verify", bash_command=f"{VITRINE} verify", append_env=True)
    export = BashOperator(
        task_id="export",
        bash_command=f"{VITRINE} export --incremental --to /srv/files",
        append_env=True,
    )

    # A mirror that follows needs a moment after an import: 75 and a retry say so, see exit codes of verify.
    import_files >> verify >> export
