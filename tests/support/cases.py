"""How many generated cases each law was tried on, for the last lines of a test run."""

from collections import Counter

GENERATED: Counter[str] = Counter()


def record_cases(law: str, count: int = 1) -> None:
    """Count generated cases for a law, named as in the design: `law 3: the unknown is denied`."""
    GENERATED[law] += count
