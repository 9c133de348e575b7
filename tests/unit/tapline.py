# SPDX-License-Identifier: Apache-2.0
"""TAP for scripts whose tests are functions: the name of the function, with blanks, is the test's."""


class Skip(Exception):
    pass


def run(tests):
    """Run TESTS in order; returns the exit code."""
    print(f"1..{len(tests)}")
    failed = 0
    for n, f in enumerate(tests, 1):
        name = f.__name__.replace("_", " ")
        try:
            f()
            print(f"ok {n} - {name}")
        except Skip as e:
            print(f"ok {n} - {name} # SKIP {e}")
        except (AssertionError, OSError) as e:
            failed = 1
            print(f"not ok {n} - {name}")
            print("".join(f"# {line}\n" for line in str(e).splitlines()), end="")
    return failed
