"""What is said of the columns of tables: numbers, dates, categories, and cells that are none. In English and Chinese."""

COLUMNS: dict[str, tuple[str, str]] = {
    # numbers and dates
    "words are missing": (
        "{place}: {count:cell|cells} {word} {count:~is|are} missing",
        "{place}：{count} 个单元格 {word} 视为缺失",
    ),
    "errors are missing": (
        "{place}: {count:error|errors} like {cell} {count:~is|are} missing",
        "{place}：形如 {cell} 的 {count} 个错误值视为缺失",
    ),
    "numbers before percent": ("{place}: numbers stand before %, 12.5% is 12.5", "{place}：数字带 %，12.5% 读作 12.5"),
    "cells count as limit": (
        "{place}: {count:cell|cells} like {cell} {count:~counts as its|count as their} limit",
        "{place}：形如 {cell} 的 {count} 个单元格按其界限值计",
    ),
    "decimal comma": (
        "{place}: decimals stand after a comma, as in {cell}; {setting}. reads it otherwise",
        "{place}：小数点写作逗号，如 {cell}；可用 {setting}. 改变读法",
    ),
    "decimal comma set": (
        "{place}: decimals stand after a comma, as in {cell}; --read.decimal sets it",
        "{place}：小数点写作逗号，如 {cell}；可用 --read.decimal 指定",
    ),
    "decimal point taken": (
        "{place}: {cell} is {value:g}; {setting}, reads it otherwise",
        "{place}：{cell} 读作 {value:g}；可用 {setting}, 改变读法",
    ),
    "decimal point shown": (
        "{place}: {cell} is {value:g}, for decimals stand after a point, as in {example}; --read.decimal sets it",
        "{place}：{cell} 读作 {value:g}，因为小数点写作句点，如 {example}；可用 --read.decimal 指定",
    ),
    "day known": (
        "{place}: {cell} is {day}, as other cells show; {setting} says otherwise",
        "{place}：由其他单元格可知 {cell} 为 {day}；可用 {setting} 改变读法",
    ),
    "day guessed": (
        "warning: {place}: {cell} is {day}, though nothing in the column shows it; {setting} says otherwise",
        "warning: {place}：{cell} 读作 {day}，但列中没有依据；可用 {setting} 改变读法",
    ),
    "years of two digits": (
        "{place}: years of two digits are from {first} to {last}: {cell} is {day}",
        "{place}：两位年份指 {first} 至 {last} 年：{cell} 为 {day}",
    ),
    "day numbers": (
        "{place}: {count:day number|day numbers} of a spreadsheet {count:~is a date|are dates}: {cell} is {day}",
        "{place}：{count} 个电子表格的日期序号读作日期：{cell} 为 {day}",
    ),
    # what columns are
    "columns recognized": (
        "columns: {columns}, learned from {rows:row|rows}; --table.kinds NAME=KIND says otherwise",
        "各列：{columns}，由 {rows} 行识别；可用 --table.kinds 列名=类型 指定",
    ),
    "of kind number": ("{count:number|numbers}", "数值 {count} 列"),
    "of kind category": ("{count:category|categories}", "类别 {count} 列"),
    "of kind date": ("{count:date|dates}", "日期 {count} 列"),
    "of kind text": ("{count:text|texts}", "文本 {count} 列"),
    "of kind id": ("{count:id|ids}", "编号 {count} 列"),
    "of kind constant": ("{count:constant|constants}", "常数 {count} 列"),
    "column unread": (
        "{place}: left out, {reason}; --table.kinds {name}=KIND reads it",
        "{place}：不读取，因为{reason}；可用 --table.kinds {name}=类型 读取",
    ),
    "as the setting says": ("as --table.kinds says", "--table.kinds 如此指定"),
    "as the file says": ("as its file says", "文件如此说明"),
    "holds nothing": ("it holds nothing", "列中没有内容"),
    "same in every row": ("it holds {cell} in every row", "每行都是 {cell}"),
    "cells are numbers": ("its cells are numbers", "单元格是数值"),
    "cells are dates": ("its cells are dates", "单元格是日期"),
    "cells are texts": (
        "its cells are texts ({words:word|words} on average), which --text_column reads",
        "单元格是文本（平均 {words} 个词），可用 --text_column 读取",
    ),
    "hardly any twice": ("hardly any of its values occurs twice", "取值几乎不重复"),
    "different values of": ("it has {count:different value|different values}", "有 {count} 种取值"),
    "called like an id": (
        "it is called like an id, and its values differ from row to row",
        "名称像编号，且取值逐行不同",
    ),
    "numbers rise": ("its whole numbers rise from row to row", "整数逐行递增"),
    "numbers fall": ("its whole numbers fall from row to row", "整数逐行递减"),
    "numbers its rows": ("it numbers its rows", "它是行的编号"),
    "cells of no number": (
        "warning: {place}: {count} of {total:cell|cells} {count:~is|are} no number, such as {cell} in {row}: read as missing",
        "warning: {place}：{total} 个单元格中有 {count} 个不是数值，例如 {row} 的 {cell}：视为缺失",
    ),
    "cells of no date": (
        "warning: {place}: {count} of {total:cell|cells} {count:~is|are} no date, such as {cell} in {row}: read as missing",
        "warning: {place}：{total} 个单元格中有 {count} 个不是日期，例如 {row} 的 {cell}：视为缺失",
    ),
    "one cell of no number": (
        "warning: {place}: {count} of {total:cell|cells} {count:~is|are} no number, such as {cell}: read as missing",
        "warning: {place}：{total} 个单元格中有 {count} 个不是数值，例如 {cell}：视为缺失",
    ),
    "one cell of no date": (
        "warning: {place}: {count} of {total:cell|cells} {count:~is|are} no date, such as {cell}: read as missing",
        "warning: {place}：{total} 个单元格中有 {count} 个不是日期，例如 {cell}：视为缺失",
    ),
    "training row": ("training row {number}", "训练集第 {number} 行"),
    "row of number": ("row {number}", "第 {number} 行"),
    "write decimals like": (
        "{note}; in training decimals stood after '{mark}': write them like that",
        "{note}；训练数据的小数点写作“{mark}”，请照此书写",
    ),
    "unknown categories": (
        "{place}: {count} of {total:cell|cells} {count:~is a value|are values} that training did not have, such as {cells}: "
        "read as missing",
        "{place}：{total} 个单元格中有 {count} 个取值未在训练中出现，例如 {cells}：视为缺失",
    ),
    "rare categories": (
        "{place}: {count} of {total:cell|cells} {count:~is a value|are values} that training had rarely or never, such as "
        "{cells}: read like rare values",
        "{place}：{total} 个单元格中有 {count} 个取值在训练中很少或从未出现，例如 {cells}：按少见取值读取",
    ),
    "another column?": (
        "warning: {note}; are these the values of another column?",
        "warning: {note}；这是另一列的取值吗？",
    ),
    "word is a value": (
        "{place}: {word} in {count:cell|cells} is a value like others; --table.missing {setting} makes it missing",
        "{place}：{count} 个单元格中的 {word} 按普通取值读取；可用 --table.missing {setting} 设为缺失",
    ),
    "values pooled": (
        "{place}: {count:value|values} that fewer than {pool} rows have ({rows:row|rows}) are read as one; --table.pool sets "
        "it",
        "{place}：不足 {pool} 行的 {count} 种取值（{rows} 行）合并读取；可用 --table.pool 指定",
    ),
    "digits are lost": (
        "{place}: {count:whole number is|whole numbers are} {apart} when they are read with 15 digits; "
        "--table.kinds {name}=category keeps them apart",
        "{place}：{count} 个整数按 15 位有效数字读取只剩 {apart} 个；可用 --table.kinds {name}=category 加以区分",
    ),
    "looks like days": (
        "{place}: looks like spreadsheet days; --table.kinds {name}=date reads them as dates",
        "{place}：像电子表格的日期序号；可用 --table.kinds {name}=date 读作日期",
    ),
    "may mean unknown": (
        "{place}: {value:g} stands in {share:.1%} of the rows, far from all others; if it means that nothing is known, say "
        "--table.missing {name}={value:g}",
        "{place}：{share:.1%} 的行为 {value:g}，与其他取值相差悬殊；如果它表示未知，请用 --table.missing {name}={value:g}",
    ),
    # several kinds, and how a model reads them
    "rows lack the kind": (
        "{count} of {total:training row|training rows} {count:~has|have} no {kind}",
        "{total} 行训练数据中有 {count} 行没有{kind}",
    ),
    "no kind in columns": (
        "no {kind} in '{columns}': {count} of {total:row|rows}",
        "“{columns}”中没有{kind}：{total} 行中的 {count} 行",
    ),
    "read without kind": (
        "no column '{columns}': {count:row is|rows are} read without {kind}",
        "没有列“{columns}”：{count} 行读取时不含{kind}",
    ),
    "tokenizer learned": (
        "a tokenizer of {count:token|tokens} was learned from the training rows",
        "由训练行学得含 {count} 个词元的分词器",
    ),
    "no preprocessor": (
        "{folder}: has no {file}; images are scaled to squares, and their numbers go from -1 to 1",
        "{folder}：没有 {file}；图像缩放为正方形，数值范围为 -1 到 1",
    ),
    "tokenizer made anew": (
        "{place}: the tokenizer is made anew as {name}, as transformers does, which changes tokenizer.json: {changes}",
        "{place}：按 transformers 的做法重建为 {name} 分词器，与 tokenizer.json 的不同之处：{changes}",
    ),
}
