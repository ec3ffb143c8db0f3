import { readSettings } from "../shared/read-settings.ts";
import { showPage } from "../shared/show-page.tsx";
import { SignIn } from "./sign-in.tsx";

const { frame } = readSettings<object>();
showPage(frame, <SignIn title={frame.title} />);
