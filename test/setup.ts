/** Before each test file: the searches of tests are shorter than most, and each processor has a worker of its own. */
import { tuneForSearches } from '../src/jobs/tuning.ts';

tuneForSearches(1_000_000);
