"""Which bus an installation has."""

from taskly.kernel.bus import Bus, LocalBus
from taskly.kernel.settings import Settings


def bus_of(settings: Settings) -> Bus:
    """The bus through Redis where there is one, else inside the process."""
    if settings.redis_url is None:
        return LocalBus()
    # Redis is an extra: an installation without it never imports its client.
    from taskly.kernel.redis_bus import RedisBus  # noqa: PLC0415

    return RedisBus(settings.redis_url.get_secret_value())
