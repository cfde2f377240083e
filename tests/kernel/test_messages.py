"""Texts in the caller's language, and settings from the environment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from taskly.kernel.messages import choose_locale, text
from taskly.kernel.settings import Settings

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-TW;q=0.9", "zh-CN"),
        ("en-GB,zh;q=0.9", "en"),
        ("zh;q=0.9,en;q=0.95", "en"),
        ("de, zh;q=0.5, en;q=0.1", "zh-CN"),
        ("de", "en"),
        ("*", "en"),
        ("zh;q=much", "en"),
        (";;;,,,", "en"),
        ("z" * 5000, "en"),
    ],
)
def test_language_is_the_best_of_ours(header: str | None, locale: str) -> None:
    assert choose_locale(header) == locale


def test_text_is_filled_in_and_unknown_codes_have_a_general_one() -> None:
    assert text("list_full", "en", limit=3) == "The list holds 3 cards, as many as it may."
    assert "3" in text("list_full", "zh-CN", limit=3)
    assert text("list_full", "en") == "The list holds  cards, as many as it may."
    assert text("no_such_code", "en") == text("invalid_value", "en")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKLY_PORT", "9000")
    monkeypatch.setenv("TASKLY_DATA_DIR", "/srv/taskly")
    monkeypatch.setenv("TASKLY_CORS_ORIGINS", '["https://desk.example"]')
    monkeypatch.setenv("PORT", "1")

    settings = Settings()

    assert (settings.port, settings.data_dir) == (9000, Path("/srv/taskly"))
    assert settings.cors_origins == ("https://desk.example",)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "http"), ("LOG_LEVEL", "loud"), ("POLL_INTERVAL_S", "0")],
)
def test_setting_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TASKLY_{name}", value)

    with pytest.raises(ValidationError):
        Settings()


def test_settings_do_not_change_and_do_not_show_secrets() -> None:
    settings = Settings.model_validate(
        {"secret_key": "s3cret", "database_url": "postgresql://u:s3cret@db/taskly"}
    )

    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    assert "s3cret" not in repr(settings)
