"""What is said of files as they are read: how each was understood, and which setting says otherwise. In English and Chinese."""

READING: dict[str, tuple[str, str]] = {
    # words that stand in others
    "comma": (", ", "、"),
    "comma of clauses": (", ", "，"),
    "and": (" and ", "与"),
    "semicolon": ("; ", "；"),
    "column of name": ("column '{name}'", "列“{name}”"),
    "list and more": ("{list} and {count} more", "{list} 等（另有 {count} 个）"),
    "among others": ("{list} ...", "{list} 等"),
    "n rows": ("{count:row|rows}", "{count} 行"),
    "n texts": ("{count:text|texts}", "{count} 条文本"),
    "n documents": ("{count:document|documents}", "{count} 篇文档"),
    "n images": ("{count:image|images}", "{count} 张图像"),
    "n labels": ("{count:label|labels}", "{count} 个标签"),
    # files
    "note of files": ("{file}: {note}", "{file}：{note}"),
    "note of more files": ("{file} and {count:more file|more files}: {note}", "{file} 及另外 {count} 个文件：{note}"),
    "files passed over": ("passed over {count:file|files} ({reasons}): {names}", "跳过了 {count} 个文件（{reasons}）：{names}"),
    "passed over for": ("{count} {reason}", "{reason} {count} 个"),
    "skipped links to folders": ("links to folders", "指向文件夹的链接"),
    "skipped empty": ("empty", "空文件"),
    "skipped about the data": ("about the data", "数据的说明文件"),
    "skipped of other formats": ("of other formats", "其他格式"),
    "skipped caches": ("caches", "缓存"),
    "skipped XML of other kinds": ("XML of other kinds", "其他类型的 XML"),
    "skipped not of a pair": ("not of a pair", "没有配对的文件"),
    "skipped outside of the class folders": ("outside of the class folders", "不在类别文件夹中"),
    "folder is empty": ("warning: the folder {folder} holds no file", "warning: 文件夹 {folder} 中没有文件"),
    "format by content": (
        "is read as {format}, as its content shows; --read.format sets it",
        "按内容以 {format} 格式读取；可用 --read.format 指定",
    ),
    "mixed formats": (
        "warning: text files and tables are read together ({formats}); --read.include '*.csv' reads some of them",
        "warning: 文本文件与表格一起读取（{formats}）；可用 --read.include '*.csv' 只读其中一部分",
    ),
    "encoding guessed": (
        "is read as {encoding}, as its bytes suggest; --read.encoding sets it",
        "根据字节内容按 {encoding} 编码读取；可用 --read.encoding 指定",
    ),
    "files differ on column": (
        "warning: files say different things of the column '{column}'; its cells decide",
        "warning: 各文件对列“{column}”的说明不一致；以单元格的内容为准",
    ),
    "label is the folder": (
        "each text file is a row, and its folder the label: {labels}; --read.text_rows sets what a row is",
        "每个文本文件为一行，所在文件夹为标签：{labels}；可用 --read.text_rows 指定什么算一行",
    ),
    "label is the folder of lines": (
        "each line of a text file is a row, and its folder the label: {labels}; --read.text_rows sets what a row is",
        "文本文件的每一行文字为一行数据，所在文件夹为标签：{labels}；可用 --read.text_rows 指定什么算一行",
    ),
    "split of the source": (
        "the source comes with a {split} split, which stays as it is: --split.{name} draws none",
        "数据自带{split}，保持原样：--split.{name} 不再另行划分",
    ),
    # why records are left out
    "reason EMPTY": (
        "{records} {count:~holds|hold} no text, or none that cleaning leaves",
        "{records}没有文本，或清洗后为空",
    ),
    "reason EXACT_DUPLICATE": (
        "{records} {count:~repeats|repeat} an earlier one; --dedup.exact false keeps them",
        "{records}与之前的完全重复；可用 --dedup.exact false 保留",
    ),
    "reason NEAR_DUPLICATE": (
        "{records} nearly {count:~repeats|repeat} an earlier one; --dedup.near false keeps them",
        "{records}与之前的近似重复；可用 --dedup.near false 保留",
    ),
    "reason REPEATED_HEADER": ("{records} {count:~repeats|repeat} the header", "{records}重复了表头"),
    "reason TRUNCATED_TAIL": (
        "{records} {count:~is|are} cut in the middle, at the end of a file",
        "{records}在文件末尾被截断",
    ),
    "reason BLANK_SIDE": ("{records} {count:~has|have} no text on one side", "{records}有一侧没有文本"),
    "reason NOT_ANNOTATED": ("{records} {count:~has|have} no annotation", "{records}没有标注"),
    "reason ANSWER_REJECT": (
        "{records} {count:~was|were} rejected by who annotated them",
        "{records}被标注者拒绝",
    ),
    "reason ANSWER_IGNORE": (
        "{records} {count:~was|were} ignored by who annotated them",
        "{records}被标注者忽略",
    ),
    "reason ANSWER_NONE": (
        "{records} {count:~has|have} no answer of who annotates",
        "{records}没有标注者的回答",
    ),
    "reason other": ("{records} could not be used ({code})", "{records}无法使用（{code}）"),
    "reason refused": (
        "{records} {count:~was|were} refused ({code}), see rejects.jsonl",
        "{records}被拒绝（{code}），见 rejects.jsonl",
    ),
    # tables of text
    "delimiter shown": (
        "delimiter {mark}, as its header shows; --read.delimiter sets it",
        "由表头看出分隔符为{mark}；可用 --read.delimiter 指定",
    ),
    "mark ,": ("','", "“,”"),
    "mark ;": ("';'", "“;”"),
    "mark |": ("'|'", "“|”"),
    "mark \t": ("tab", "制表符"),
    "mark  ": ("blanks", "空格"),
    "quoted first line": (
        "fields stand in {quote}, as those of its first line do; --read.quote sets it",
        "字段以 {quote} 括起，第一行即如此；可用 --read.quote 指定",
    ),
    "quoted fields": (
        "fields stand in {quote}, as {count} of its fields {count:~shows|show}; --read.quote sets it",
        "字段以 {quote} 括起，由 {count} 个字段看出；可用 --read.quote 指定",
    ),
    "literal quotes": (
        "quotes are literal, as {count} of its fields {count:~shows|show}; --read.quote sets it",
        "引号是文本的一部分，由 {count} 个字段看出；可用 --read.quote 指定",
    ),
    "lines of Orange": ("lines 2 and 3 say what the columns are (Orange)", "第 2、3 行说明各列的类型（Orange 格式）"),
    "columns without a name": ("columns without a name are called {names}", "没有名称的列称为 {names}"),
    "ends with a delimiter": (
        "every row ends with a delimiter; that column is called '{name}'",
        "每行都以分隔符结尾；该列称为“{name}”",
    ),
    "row numbers unnamed": (
        "the header does not name the row numbers at the left; that column is called '{name}'",
        "表头没有为左侧的行号命名；该列称为“{name}”",
    ),
    "columns stand twice": (
        "the columns {names} stand twice; the later ones have a number at their names",
        "列 {names} 出现了两次；后出现的在名称后加编号",
    ),
    "missing as set": (
        "{count:cell|cells} '{word}' {count:~is|are} missing, as --read.missing says",
        "按 --read.missing，{count} 个单元格“{word}”视为缺失",
    ),
    "missing word absent": (
        "warning: no cell is '{word}', which --read.missing names",
        "warning: 没有单元格是 --read.missing 指定的“{word}”",
    ),
    "several sheets": (
        "of the sheets {names} the first is read; --read.sheet names another",
        "工作表 {names} 中读取第一个；可用 --read.sheet 指定其他",
    ),
    "SQuAD columns": (
        "questions with answers, as SQuAD has them (columns question, context, answers)",
        "SQuAD 格式的问答（列为 question、context、answers）",
    ),
    "column left out": ("the column '{column}' is left out: it {why}", "列“{column}”不读取（{why}）"),
    "class names given": (
        "the numbers of '{column}' become the names that the data set gives them: {pairs}; "
        "--read.class_names false keeps the numbers",
        "“{column}”中的编号换成数据集给出的名称：{pairs}；可用 --read.class_names false 保留编号",
    ),
    "number is name": ("{number} is {name}", "{number} 为 {name}"),
    "class names unread": (
        "warning: classes keep their numbers, for the names in {file} beside it cannot be read: {what}",
        "warning: 类别保留编号，因为旁边 {file} 中的名称无法读取：{what}",
    ),
    # texts
    "languages are columns": ("{format}: its languages are columns: {languages}", "{format}：各语言为列：{languages}"),
    "format TMX": ("TMX", "TMX"),
    "format XML of WMT": ("XML of WMT", "WMT 的 XML"),
    "several references": (
        "references by {names}: those by {one} are read; --read.translator sets it",
        "有 {names} 的参考译文：读取 {one} 的；可用 --read.translator 指定",
    ),
    "no name": ("no name", "未署名者"),
    "texts of systems": (
        "{count:text|texts} of systems (<hyp>) {count:~is|are} not read",
        "不读取系统译文（<hyp>）{count} 条",
    ),
    "none": ("none", "无"),
    "IWSLT text": (
        "tagged text of IWSLT: {count:line|lines} about the talks {count:~is|are} left out, titles and descriptions are read; "
        "--read.markup text reads all lines as they stand",
        "IWSLT 的带标记文本：略去关于讲座的 {count} 行，标题与简介照常读取；可用 --read.markup text 按原样读取所有行",
    ),
    # images
    "images turned": (
        "images turned upright, as their EXIF orientation says: {count}",
        "按 EXIF 方向转正的图像：{count} 张",
    ),
    "images scaled": ("images of 16 bits, all divided by 257: {count}", "16 位图像（一律除以 257）：{count} 张"),
    "images laid": ("images with transparency, laid on white: {count}", "带透明度的图像（衬以白底）：{count} 张"),
}
