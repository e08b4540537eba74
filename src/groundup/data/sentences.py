"""Sentences of a paragraph, in English and Chinese. Deterministic, by rules."""

from __future__ import annotations

import re

ENDING = re.compile(
    r"""(?: [.!?]+ ["'”’)\]]*  (?=\s) )          # Latin: end mark, closing marks, then a blank
      | (?: [。！？!?…]+ [”’」』）》"']* )       # Chinese: end mark and closing marks, no blank needed
      | (?: (?<=[\u3400-\u9fff]) \.  (?=[\u3400-\u9fff]) ) """,  # a Latin period between Chinese characters
    re.VERBOSE,
)
ABBREVIATIONS = {
    *"mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt maj gov sen rep messrs mme mlle".split(),
    *"vs etc eg ie cf al ca approx dept est fig figs no nos vol vols pp ed eds inc ltd co corp".split(),
    *"jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun".split(),
}
WORD_BEFORE = re.compile(r"([A-Za-z][A-Za-z.]*)$")
GOES_ON = re.compile(r"[吗呢吧么的地得了，,、；：]")  # after a quotation: the sentence is not over
OPENERS, CLOSERS = "“‘「『（《([", "”’」』）》)]"
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, in order; blanks at their ends removed, nothing else lost."""
    sentences, start = [], 0
    for found in ENDING.finditer(paragraph):
        end = found.end()
        if end < len(paragraph) and is_end(paragraph, start, found.start(), end):
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
    marks = "!?." if CJK.match(text, end) else "!?"
    if text[mark] in "。！？…" or (text[mark] in marks and CJK.match(text[mark - 1 : mark])):
        return not inside_quotes(text, start, end)
    if not text[end : end + 1].isspace():  # a full-width rule met a Latin mark: "3.5", "a!b"
        return False
    following = text[end:].lstrip()[:1]
    if following.islower() or following in ",;:":
        return False
    if text[mark:end].startswith(".") and not text[mark:end].startswith(".."):
        return not is_abbreviation(text[start:mark], following)
    return True


def is_abbreviation(before: str, following: str) -> bool:
    """Whether a single period after `before` belongs to an abbreviation or an initial."""
    found = WORD_BEFORE.search(before)
    if not found:
        return False
    word = found[1]
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    folded = word.lower().replace(".", "")
    return folded in ABBREVIATIONS or ("." in word and len(folded) <= 3 and folded not in {"am", "pm", "us", "uk"})


def inside_quotes(text: str, start: int, end: int) -> bool:
    """Whether a Chinese quotation opened in this sentence is still open: 你说“好的。”吗？ is one sentence."""
    inner = text[start:end]
    opened = sum(inner.count(mark) for mark in OPENERS[:6])
    closed = sum(inner.count(mark) for mark in CLOSERS[:6])
    if opened > closed:
        return True
    return inner[-1] in CLOSERS and GOES_ON.match(text, end) is not None
