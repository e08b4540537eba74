"""What is said by commands that bring several runs to their end: curve, ladder, glue, compare, run. In English and Chinese."""

STUDIES: dict[str, tuple[str, str]] = {
    "done already": ("{title}: done already", "{title}：已经完成"),
    "skipped": ("{name}: skipped, {why}", "{name}：跳过，{why}"),
    "note of groundup": ("groundup: note {line}", "groundup：注意 {line}"),
    "absent yet": ("{path} does not exist; --{name} names it", "{path} 尚不存在；由 --{name} 指定"),
    "official rows": ("{count} of {official:official row|official rows}", "官方 {official} 行中的 {count} 行"),
    "runs in pieces": (
        "runs of letters, digits, marks or blanks that were learned in pieces of {size}: {count}",
        "按每段 {size} 个字符切开学习的连续字母、数字、标点或空格：{count} 处",
    ),
    "tokens read whole": (
        "special tokens in text: {names} {count:~is|are} read whole; {control} are plain text there",
        "文本中的特殊词元：{names} 作为整体读取；{control} 在其中只作普通文本",
    ),
    "names and more": ("{list} and {count} more", "{list} 等（另有 {count} 个）"),
    # curve
    "cell of curve": ("{rows:row|rows}, seed {seed}: {accuracies}", "{rows} 行，种子 {seed}：{accuracies}"),
    "fewer rows than sizes": (
        "the data has fewer than {rows:training row|training rows}: larger sizes used what there is",
        "训练数据不足 {rows} 行：更大的规模用了全部训练数据",
    ),
    # ladder and compare
    "rung of rungs": ("[{number}/{count}] {name}", "[{number}/{count}] {name}"),
    "measuring models": ("measuring {count:model|models} in turns", "轮流测量 {count} 个模型"),
    "measuring models by rows": (
        "measuring {count:model|models} in turns, {rows:row|rows} one at a time",
        "轮流测量 {count} 个模型，逐行 {rows} 次",
    ),
    "trained on these": (
        "{name} was trained on {share:.1%} of these rows, exactly or nearly: it looks too good",
        "{name} 的训练数据包含这些行的 {share:.1%}（相同或近似）：结果偏高",
    ),
    "p50 shortly": ("p50 ms", "中位毫秒"),
    "p95 shortly": ("p95 ms", "95 分位毫秒"),
    "rows/s": ("rows/s", "行/秒"),
    "pair of systems": (
        "{one} - {other}: {difference} ({span}), only one is right on {ours} against {theirs:row|rows}; corrected p {mcnemar} "
        "(McNemar), {randomised} (randomised); agreement {agreement}",
        "{one} 与 {other}：相差 {difference}（{span}），仅一方正确的行数 {ours} 对 {theirs}；校正后 p {mcnemar}（McNemar），"
        "{randomised}（随机化）；答案一致 {agreement}",
    ),
    # glue
    "glue missing": ("{names} missing", "缺少 {names}"),
    "glue not_official": ("{names} not as published", "{names} 与公开设置不同"),
    "official dev": ("official dev", "官方开发集"),
    "a part of train": ("a part of train", "训练文件的一部分"),
    "a part of dev": ("a part of dev", "开发文件的一部分"),
    "no labelled file": (
        "there is no labelled file of its {files}; it needs train.tsv or dev.tsv",
        "{files} 中没有带标签的文件；需要 train.tsv 或 dev.tsv",
    ),
    "no finished run": ("there is no finished run in {folder} to evaluate", "{folder} 中没有可评估的已完成运行"),
    "official files": (
        "trained on the training file, judged on the official development file",
        "用训练文件训练，在官方开发文件上评估",
    ),
    "no development file": ("there is no development file: the training file is split", "没有开发文件：划分训练文件"),
    "no training file": ("there is no training file: the development file is split", "没有训练文件：划分开发文件"),
    "trained on at most": ("trained on at most {rows:row|rows}", "最多用 {rows} 行训练"),
}
