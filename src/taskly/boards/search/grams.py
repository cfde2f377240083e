"""How text is prepared for the index: folded, and cut into pieces that every database can look up.

Chinese has no spaces and English words are looked for by their middles, so the index holds, for each
place in a word, the three characters that begin there. They are written in plain letters and digits:
no database then has an opinion on what a word is.
"""

import re
import unicodedata

GRAM = 3
MOST_INDEXED = 20_000
MOST_TERMS = 8
# Makes each piece as long as MariaDB demands of a word, and none of them one of its stop words.
MARK = "qq"
WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """The text as it is compared: without case, and with one form for each character."""
    return unicodedata.normalize("NFKC", text).casefold()


def indexed(text: str) -> str:
    """The part of a text that can be found, folded and on one line."""
    return " ".join(folded(text[:MOST_INDEXED]).split()).replace("\0", "")


def terms(query: str) -> list[str]:
    """The words of a query, each at most once."""
    return list(dict.fromkeys(WORD.findall(folded(query))))[:MOST_TERMS]


def grams(text: str) -> str:
    """Every piece of a folded text, separated by spaces."""
    found = {
        word[place : place + GRAM] for word in WORD.findall(text) for place in range(len(word))
    }
    return " ".join(sorted(_plain(piece) for piece in found))


def pieces(term: str) -> tuple[list[str], str | None]:
    """What must be in the index for a term to be in a text: whole pieces, or the beginning of one."""
    if len(term) < GRAM:
        return [], _plain(term)
    whole = {term[place : place + GRAM] for place in range(len(term) - GRAM + 1)}
    return sorted(_plain(piece) for piece in whole), None


def _plain(piece: str) -> str:
    return MARK + "".join(one if one.isascii() else f"{ord(one):06x}" for one in piece)
