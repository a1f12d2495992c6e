"""A right text spoilt, or said in another way: what comes out may be right or wrong, and all must say the same."""

import random
import re

NUMBERS = ("0", "1", "00", "007", "255", "256", "259", "65535", "65536", "70000", "2147483648", "4294967295", "4294967296",
           "20171122220534", "-1", "+1", "1x", "0x1", "1h", "1.5", "")
WORD = re.compile(r'[^\s"]*"(?:[^"\\]|\\.)*"|\S+')


def words_of(text):
    return WORD.findall(text)


def changed_words(word):
    """Other words in place of this one."""
    yield f'"{word}"' if '"' not in word else word.replace('"', "")
    yield word + "x"
    yield word + "."
    yield word.rstrip(".")
    yield word[:-1]
    yield word + word
    yield word.upper()
    yield word.lower()
    yield "\\" + word
    yield "@"
    yield "."
    yield "a..b"
    yield "l" * 64
    yield "-"
    yield '""'
    yield "a\\"
    yield "\\256"
    yield "\\# 1 00"
    yield word[: len(word) // 2] + " " + word[len(word) // 2:]
    yield word[: len(word) // 2] + '"' + word[len(word) // 2:]
    if re.fullmatch(r"[0-9a-fA-F]+", word):
        yield from (word[:-1] + "g", word[:-2], word + "00", "0" + word)
    if re.fullmatch(r"\d+", word):
        yield from NUMBERS
    if "=" in word:
        yield word + " " + word
        yield word.split("=")[0]
        yield word.split("=")[0] + "="
    if "," in word:
        yield from (word.replace(",", ",,"), word + ",", word.replace(",", ", "))
    for mark in ":/-m":
        if mark in word:
            yield word.replace(mark, "", 1)
            yield word.replace(mark, mark * 2, 1)
    for digits in re.findall(r"\d+", word)[:3]:
        for number in ("0", "33", "61", "129", "181", "256", "90000001", "4294967296"):
            yield word.replace(digits, number, 1)


def mutations(text):
    words = words_of(text)
    for at, word in enumerate(words):
        for other in changed_words(word):
            yield " ".join([*words[:at], other, *words[at + 1:]])
        yield " ".join([*words[:at], *words[at + 1:]])
        yield " ".join([*words[:at], word, word, *words[at + 1:]])
        yield " ".join([*words[:at], "extra", *words[at:]])
    yield text + " extra"
    yield text + ' ""'
    yield text + " 0"
    if len(words) > 1:
        yield " ".join(reversed(words))


def of(samples, most, seed):
    """For each type its samples and at most `most` mutations of them."""
    chance = random.Random(seed)
    for rtype, texts in samples.items():
        found = sorted({other for text in texts for other in mutations(text) if other.strip()} - set(texts))
        chance.shuffle(found)
        for text in [*texts, *found[:most]]:
            yield rtype, text


PIECES = ("a", "z", ".", "*", "+", "?", "|", "(", ")", "^", "$", "[", "]", "{", "}", ",", "-", "i", "0", "9", "[a-z]", "[^a]", "[]a]",
          "[a-]", "[z-a]", "[[:alpha:]]", "[[:nope:]]", "[[=a=]]", "[[.a.]-z]", "[a-[:digit:]]", "{2}", "{2,}", "{4,2}", "{256}",
          "{,3}", "()", "(a)", "(|a)", "(a|b)", "\\\\1", "\\\\2", "\\\\.", "\\\\(", "\\\\!", "[a-c-e]", "(^a)")


def naptr_expressions(count, seed):
    """NAPTR records whose substitutions are right and wrong in all their parts."""
    chance = random.Random(seed)
    for _ in range(count):
        expression = "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 5)))
        replacement = "".join(chance.choice(("x", "@", "\\\\1", "\\\\2", "\\\\0", "\\\\x", "(")) for _ in range(chance.randint(0, 3)))
        mark = chance.choice(("!", "!", "!", "/", "#", "i", "I", "5"))
        flags = chance.choice(("", "", "i", "ii", "x", mark))
        yield "NAPTR", f'1 1 "u" "x" "{mark}{expression}{mark}{replacement}{mark}{flags}" .'
