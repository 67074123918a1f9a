import { createLocalBus } from "../../server/bus_local.ts";
import { testBus } from "./bus.ts";

testBus("local bus", () => {
  const problems: unknown[] = [];
  const bus = createLocalBus({ onProblem: (problem) => problems.push(problem) });
  return Promise.resolve({ bus, problems });
});
