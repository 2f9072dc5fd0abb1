import { Empty } from '../parts/states';

export const MissingPage = () => (
  <><h1>There is no page here</h1><Empty title="Nothing to show"><p>The address may be mistyped, or the run gone with an older data folder.</p><p><a class="button" href="/">Go to the overview</a></p></Empty></>
);
