#!/usr/bin/env python3
"""Counts the results of a run of lit, from what its --output wrote.

The last line reads `N passed, N failed`; failing tests and, where there are
any, the number of tests that this machine cannot run stand before it.
"""
import collections
import json
import sys

PASSED = {"PASS", "XFAIL", "FLAKYPASS"}
NOT_RUN = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def main(path):
    with open(path, encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    if not tests:
        sys.exit(f"{path}: no tests ran")
    counts = collections.Counter(test["code"] for test in tests)
    failed = [test for test in tests
              if test["code"] not in PASSED | NOT_RUN]
    for test in failed:
        print(f"{test['code']}: {test['name']}")
    not_run = sum(counts[code] for code in NOT_RUN)
    if not_run:
        print(f"{not_run} not supported here")
    passed = sum(counts[code] for code in PASSED)
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
