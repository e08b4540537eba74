import re
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup.data.sentences import ABBREVIATIONS, CJK, CLOSERS, GOES_ON, OPENERS, split_sentences

PLAINLY = re.compile(  # what ends a sentence, as it is said: three cases
    r"""(?: [.!?]+ ["'”’)\]]* (?=\s) ) | (?: [。！？!?…]+ [”’」』）》"']* )
      | (?: (?<=[\u3400-\u9fff]) \. (?=[\u3400-\u9fff]) )""",
    re.VERBOSE,
)


def plainly(text: str) -> list[str]:
    """The same sentences by the rules as they are said, which looks at much more of the text."""
    found, start = [], 0
    for ending in PLAINLY.finditer(text):
        mark, end = ending.span()
        inner, after = text[start:end], text[end:]
        beside = CJK.match(text[mark - 1 : mark]) and text[mark] in ("!?." if CJK.match(after) else "!?")
        if not after:
            continue
        if text[mark] in "。！？…" or beside:
            quoted = sum(map(inner.count, OPENERS[:6])) > sum(map(inner.count, CLOSERS[:6]))
            over = not quoted and not (inner[-1] in CLOSERS and GOES_ON.match(after))
        else:
            following = after.lstrip()[:1]
            over = after[0].isspace() and following and not following.islower() and following not in ",;:"
            word = re.search(r"([A-Za-z][A-Za-z.]*)$", text[start:mark])
            if over and word and text[mark] == "." and text[mark:end][:2] != "..":
                folded = word[1].lower().replace(".", "")
                initial = len(word[1]) == 1 and word[1].isupper() and word[1] != "I"
                dotted = "." in word[1] and len(folded) <= 3 and folded not in {"am", "pm", "us", "uk"}
                over = not (initial or dotted or folded in ABBREVIATIONS)
        if over:
            found.append(inner.strip())
            start = end
    return [sentence for sentence in [*found, text[start:].strip()] if sentence]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It rained.", "Nobody came."],
        ["Mr. Holmes met Dr. Watson at 3.5 miles from St. Ives.", "They talked."],
        ["J. R. Smith wrote it.", "Was it good?", "Yes!"],
        ["He asked “Why?” and left.", "She stayed."],
        ["Bring apples, pears, etc. and wine.", "Do not wait."],
        ["Well... perhaps.", "And then?"],
        ["It cost $3.50.", "“Too much!”", "She paid."],
        ["A version like 2.0.1 is fine.", "Go to www.example.org today."],
    ],
)
def test_english_sentences(sentences):
    assert split_sentences(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["今天下雨。", "没有人来！", "你呢？"],
        ["他说：“好的。”", "然后走了。"],
        ["你说“好的。”吗？", "是的。"],
        ["真的吗?", "当然。"],
        ["等等……", "算了。"],
        ["结果表明方法有效.", "误差为3.5度.", "王某.li没有来。"],
    ],
)
def test_chinese_sentences(sentences):
    assert split_sentences("".join(sentences)) == sentences


@given(st.text(alphabet="ab A.。!?！？…”“「」' \n1", max_size=60))
def test_only_blanks_are_lost(text):
    sentences = split_sentences(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(s == s.strip() and s for s in sentences)


PARTS = [
    "Mr",
    "U.S",
    "etc",
    "I",
    "J",
    "am",
    "好",
    "吗",
    "了",
    "a",
    "B",
    "1",
    "3.5",
    " ",
    "  ",
    "\n",
    "\t",
    *".!?。！？…”“「」'\")](（,;。",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_sentences_are_those_of_the_rules_as_they_are_said(text):
    assert split_sentences(text) == plainly(text)


@pytest.mark.parametrize("file", ["text_en/gutenberg_books.zip", "text_zh/chinese_poetry.zip"])
def test_sentences_of_books_are_those_of_the_rules(file, shared_data):
    with zipfile.ZipFile(shared_data / file) as books:
        names = [name for name in books.namelist() if not name.endswith("/")]
        texts = [books.read(name)[:60_000].decode("utf-8", "replace").replace("\r", "") for name in names[::5]]
    paragraphs = [paragraph for text in texts[:20] for paragraph in re.split(r"\n[ \t]*\n\s*", text)]
    assert len(paragraphs) > 10
    for paragraph in paragraphs:
        assert split_sentences(paragraph) == plainly(paragraph)


def test_long_paragraphs_take_linear_time():
    start = time.process_time()
    assert len(split_sentences("." * 100_000 + "x" + "  It is so." * 50_000)) == 50_000
    assert time.process_time() - start < 3
