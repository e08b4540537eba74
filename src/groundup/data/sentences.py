"""Sentences of a paragraph, in English and Chinese. Deterministic, by rules."""

from __future__ import annotations

import re

# The first character is one of a set, which re looks for several times faster than for three alternatives. A period after a
# period begins nothing: what follows the run was looked at from its first.
ENDING = re.compile(
    r"""[.!?。！？…] (?:
        (?<=[.!?]) (?<!\.\.) [.!?]*+ ["'”’)\]]*+ (?=\s)        # Latin: end mark, closing marks, then a blank
      | (?<=[。！？!?…]) [。！？!?…]*+ [”’」』）》"']*+                # Chinese: end mark and closing marks, no blank needed
      | (?<=[\u3400-\u9fff]\.) (?=[\u3400-\u9fff]) )""",  # a Latin period between Chinese characters
    re.VERBOSE,
)
ABBREVIATIONS = {
    *"mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt maj gov sen rep messrs mme mlle".split(),
    *"vs etc eg ie cf al ca approx dept est fig figs no nos vol vols pp ed eds inc ltd co corp".split(),
    *"jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun".split(),
}
WORD_BEFORE = re.compile(r"([A-Za-z][A-Za-z.]*)$")
NO_BLANK = re.compile(r"\S")
GOES_ON = re.compile(r"[吗呢吧么的地得了，,、；：]")  # after a quotation: the sentence is not over
OPENERS, CLOSERS = "“‘「『（《([", "”’」』）》)]"
QUOTE = re.compile(f"[{OPENERS[:6]}]")
FIRST_CJK = "\u3040"
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, in order; blanks at their ends removed, nothing else lost."""
    sentences, start = [], 0
    for match in ENDING.finditer(paragraph):
        mark, end = match.span()
        if end < len(paragraph) and is_end(paragraph, start, mark, end):
            sentences.append(paragraph[start:end].strip())
            start = end
    sentences.append(paragraph[start:].strip())
    return [sentence for sentence in sentences if sentence]


def verbatim_pieces(paragraph: str) -> list[str]:
    """The paragraph cut before the blanks that part its sentences: joined, the pieces are the paragraph again."""
    pieces, start = [], 0
    for sentence in split_sentences(paragraph):
        end = paragraph.index(sentence, start) + len(sentence)
        pieces.append(paragraph[start:end])
        start = end
    return [*pieces[:-1], pieces[-1] + paragraph[start:]] if pieces else [paragraph]


def is_end(text: str, start: int, mark: int, end: int) -> bool:
    """Whether the mark at text[mark:end] ends a sentence that began at `start`."""
    sign, before = text[mark], text[mark - 1 : mark]
    if sign in "。！？…" or (before >= FIRST_CJK and CJK.match(before) and (sign != "." or CJK.match(text, end))):
        return not inside_quotes(text, start, end)
    if not text[end].isspace():  # a full-width rule met a Latin mark: "3.5", "a!b"
        return False
    following = text[end + 1 : end + 2]
    if following.isspace():
        match = NO_BLANK.search(text, end)
        following = match[0] if match else ""
    if following.islower() or following in ",;:":
        return False
    return sign != "." or text[mark + 1] == "." or not is_abbreviation(text, start, mark)


def is_abbreviation(text: str, start: int, mark: int) -> bool:
    """Whether the single period at `mark` belongs to an abbreviation or an initial."""
    word = text[text.rfind(" ", start, mark) + 1 or start : mark]
    if not (word.isalpha() and word.isascii()):
        match = WORD_BEFORE.search(word)
        if not match:
            return False
        word = match[1]
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    folded = word.lower().replace(".", "")
    return folded in ABBREVIATIONS or ("." in word and len(folded) <= 3 and folded not in {"am", "pm", "us", "uk"})


def inside_quotes(text: str, start: int, end: int) -> bool:
    """Whether a Chinese quotation opened in this sentence is still open: 你说“好的。”吗？ is one sentence."""
    if QUOTE.search(text, start, end):
        inner = text[start:end]
        opened = sum(inner.count(mark) for mark in OPENERS[:6])
        closed = sum(inner.count(mark) for mark in CLOSERS[:6])
        if opened > closed:
            return True
    return text[end - 1] in CLOSERS and GOES_ON.match(text, end) is not None
