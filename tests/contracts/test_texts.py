"""Every code that Taskly can answer with has a text in every language; every setting is explained."""

import re
import string
from pathlib import Path

import orjson
import pytest

import taskly
from taskly.kernel.errors import TasklyError
from taskly.kernel.messages import LOCALES
from taskly.kernel.settings import Settings

pytestmark = pytest.mark.sqlite_only

SOURCE = Path(taskly.__file__).parent
REFUSALS = (
    "BadRequest|Conflict|Forbidden|Gone|Invalid|NotFound|TooLarge|Unauthenticated|refuse|Busy"
)
PATTERNS = (
    rf"(?:{REFUSALS})\(\s*\"([a-z_0-9]+)\"",
    r"Invalid\.of\(\s*[^,]+,\s*\"([a-z_0-9]+)\"",
    r"PydanticCustomError\(\s*\"([a-z_0-9]+)\"",
    r"^\s+code(?:: str)? = \"([a-z_0-9]+)\"",
    r"TasklyError\(\s*\"([a-z_0-9]+)\"",
    r"FieldError\(\s*[^,]+,\s*\"([a-z_0-9]+)\"",
)


def catalogue(locale: str) -> dict[str, str]:
    texts: dict[str, str] = orjson.loads(
        (SOURCE / "kernel" / "locales" / f"{locale}.json").read_bytes()
    )
    return texts


def codes_in_source() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for pattern in PATTERNS:
            for code in re.findall(pattern, text, re.MULTILINE):
                found[code] = str(path.relative_to(SOURCE))
    return found


def every_refusal(of: type[TasklyError] = TasklyError) -> set[type[TasklyError]]:
    return {of}.union(*(every_refusal(kind) for kind in of.__subclasses__()))


def test_languages_have_the_same_texts() -> None:
    english = catalogue("en")

    for locale in LOCALES:
        texts = catalogue(locale)
        assert set(texts) == set(english)
        assert list(texts) == sorted(texts)
        assert all(text.strip() for text in texts.values())


def test_translations_fill_in_the_same_values() -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = catalogue("en")
    for locale in LOCALES:
        different = [
            code
            for code, text in catalogue(locale).items()
            if values(text) != values(english[code])
        ]
        assert different == []


def test_every_code_in_the_source_has_a_text() -> None:
    found = codes_in_source()
    texts = catalogue("en")

    assert len(found) > 40
    assert {code: where for code, where in found.items() if code not in texts} == {}


def test_every_refusal_and_its_status_have_a_text() -> None:
    texts = catalogue("en")

    for kind in every_refusal():
        assert kind.code in texts, kind
        assert f"status_{kind.status}" in texts, kind


def test_every_setting_is_explained() -> None:
    for name, field in Settings.model_fields.items():
        description = field.description or ""
        assert len(description) > 15, name
        assert description.endswith("."), name
