"""What is said of annotated data as it is read: tools, tags and places in texts. In English and Chinese."""

ANNOTATIONS: dict[str, tuple[str, str]] = {
    # annotation tools
    "Label Studio tasks": (
        "tasks of Label Studio; its controls are columns: {columns}",
        "Label Studio 的任务；各控件为列：{columns}",
    ),
    "Label Studio rows": (
        "rows of Label Studio; columns of its controls: {columns}",
        "Label Studio 的行；控件对应的列：{columns}",
    ),
    "several annotations": (
        "of {count:task|tasks} with several annotations the first is read",
        "有多份标注的 {count} 个任务只读取第一份",
    ),
    "relations unread": ("{count:relation|relations} {count:~is|are} not read", "{count} 个关系不读取"),
    "none with spans": ("none with spans", "无片段标注"),
    "control spans": ("'{name}' (spans)", "“{name}”（片段）"),
    "control choices": ("'{name}' (choices)", "“{name}”（选项）"),
    "control other": ("'{name}' (other)", "“{name}”（其他）"),
    "Prodigy rows": ("rows of Prodigy: {count} accepted", "Prodigy 的行：接受 {count} 行"),
    "left out by answer": ("left out by their answer: {answers}", "因标注结果而略去：{answers}"),
    "answer reject": ("{count} reject", "拒绝 {count} 行"),
    "answer ignore": ("{count} ignore", "忽略 {count} 行"),
    "answer none": ("{count} none", "未答 {count} 行"),
    "doccano rows": ("rows of doccano", "doccano 的行"),
    "cats over half": (
        "the labels in 'cats' are those with more than {share:g}",
        "“cats”中取值大于 {share:g} 的算作标签",
    ),
    "translation is columns": (
        "the languages in 'translation' are columns: {languages}",
        "“translation”中的各语言为列：{languages}",
    ),
    "brat texts": (
        "texts of brat with the columns text, spans and document",
        "brat 的文本，列为 text、spans 与 document",
    ),
    "spans in parts": ("left out: {count:span|spans} of several parts", "略去分成多段的片段 {count} 个"),
    "brat unread": (
        "{count:relation, event or note is|relations, events and notes are} not read",
        "不读取关系、事件与注释共 {count} 个",
    ),
    "questions without answer": (
        "{count} of {total:question|questions} {count:~has|have} no answer (is_impossible)",
        "{total} 个问题中有 {count} 个没有答案（is_impossible）",
    ),
    "plausible unread": ("plausible_answers of {count} are not read", "其中 {count} 个的 plausible_answers 不读取"),
    # tags
    "lists of words": (
        "the cells of '{text}' and '{label}' hold lists, read as words and their tags",
        "“{text}”与“{label}”的单元格是列表，作为词及其标记读取",
    ),
    "scheme of tags": ("the tags in '{label}' are of the scheme {scheme}", "“{label}”中的标记采用 {scheme} 方案"),
    "word a row": (
        "has one word a row: rows are joined to sentences by the column '{column}'",
        "每行一个词：按列“{column}”连成句子",
    ),
    "conll": (
        "{dialect} parted by {parting}: words in column {words}, tags in {place}, {scheme}; "
        "--read.words_column and --read.tags_column set the columns",
        "{dialect}，以{parting}分隔：词在第 {words} 列，标记在{place}，{scheme}；"
        "可用 --read.words_column 与 --read.tags_column 指定",
    ),
    "conll without tags": (
        "{dialect} parted by {parting}: one word a line and no tags; --read.words_column and --read.tags_column set the "
        "columns",
        "{dialect}，以{parting}分隔：每行一个词，没有标记；可用 --read.words_column 与 --read.tags_column 指定",
    ),
    "parted by tabs": ("tabs", "制表符"),
    "parted by blanks": ("blanks", "空格"),
    "no scheme": ("no scheme of names", "没有标记方案"),
    "scheme": ("scheme {name}", "方案 {name}"),
    "tag column": ("column {number}", "第 {number} 列"),
    "tag column named": ("column {number} ({inner})", "第 {number} 列（{inner}）"),
    "tag key": ("key '{key}'", "键“{key}”"),
    "orphan tags": (
        "warning: {count:tag goes|tags go} on with a name that nothing began (I- after O); each was read as the beginning of "
        "one",
        "warning: {count} 个标记延续了并未开始的名称（O 之后的 I-）；各作为开头读取",
    ),
    # places in texts
    "spans left out": (
        "warning: {count} of {total:row|rows} {count:~has|have} spans that differ from the text: {places}; these rows are "
        "left out",
        "warning: {total} 行中有 {count} 行的片段与文本不符：{places}；这些行不使用",
    ),
    "spans would fit": ("all fit if the offsets {words} ({setting})", "如果偏移量{words}（{setting}），则全部相符"),
    "spans cut words": (
        "warning: {count} of {total:row|rows} {count:~has|have} spans that begin or end inside a word: {places}",
        "warning: {total} 行中有 {count} 行的片段在词的中间开始或结束：{places}",
    ),
    "line with": ("line {line}: {what}", "第 {line} 行：{what}"),
    "line with part": ("line {line}: '{part}'", "第 {line} 行：“{part}”"),
    "span at": ("at {start}", "位置 {start}"),
    "span in no characters": (
        "{where} is no part of {count:character|characters}",
        "{where} 超出了 {count} 个字符的文本",
    ),
    "span in no words": ("{where} is no part of {count:word|words}", "{where} 超出了 {count} 个词"),
    "span stands": ("'{part}' stands {where}", "{where} 处是“{part}”"),
    "beside stands": ("{what}, beside it stands '{text}'", "{what}，旁边写的却是“{text}”"),
    "and also": (" and ", "，并且"),
    "count codepoints": ("count characters", "按字符计"),
    "count utf16": ("count UTF-16 units", "按 UTF-16 单元计"),
    "count bytes": ("count bytes of UTF-8", "按 UTF-8 字节计"),
    "count crlf": ("count line ends as two characters (CR LF)", "把换行算作两个字符（CR LF）"),
    "count lf": ("count line ends of CR LF as one character", "把 CR LF 换行算作一个字符"),
    "are too large": ("are {by} too large", "偏大 {by}"),
    "are too small": ("are {by} too small", "偏小 {by}"),
    "name the last character": (
        "name the last character of a span, not the one after it",
        "指片段的最后一个字符，而不是其后一个",
    ),
}
