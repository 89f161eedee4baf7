"""The parts of the work, each led by one process at a time: a platform, deciding, upkeep."""

ROUTE, UPKEEP = "route", "upkeep"
_PLATFORM = "platform"


def platform_part(name: str) -> str:
    """Return the part of a platform: reading it, sending there and settling share its thread, budget and pace."""
    return f"{_PLATFORM} {name}"


def is_platform(part: str) -> bool:
    """Return True for the part of a platform: only there calls go out that must not be made by two."""
    return part.startswith(f"{_PLATFORM} ")


def part_of(stage: str) -> str:
    """Return to which part a stage belongs: `poll NAME`, `send NAME`, `route`; alerts and webhooks are upkeep."""
    platform = stage.partition(" ")[2]
    if platform:
        return platform_part(platform)
    return ROUTE if stage == ROUTE else UPKEEP
