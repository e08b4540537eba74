"""What the reports of compression say. In English and Chinese."""

COMPRESSION: dict[str, tuple[str, str]] = {
    "compression": ("Compression", "模型压缩"),
    "before": ("before", "压缩前"),
    "after": ("after", "压缩后"),
    "the gate": ("Quality gate", "质量门槛"),
    "published": (
        "Published: {figure} {change} points ({low} to {high}), {speedup} times as fast on {single}, {smaller} times smaller.",
        "已发布：{figure} 变化 {change} 个百分点（{low} 至 {high}），{single}的速度为原来的 {speedup} 倍，"
        "体积缩小到 1/{smaller}。",
    ),
    "few rows measured": ("{rows} too few to tell what was lost.", "{rows}太少，无法判断损失了多少。"),
    "refused": ("Not published: {reasons}.", "未发布：{reasons}。"),
    "refused max_loss": (
        "{measured} points of {figure} were lost, and at most {allowed} may be",
        "{figure} 损失了 {measured} 个百分点，最多允许 {allowed}",
    ),
    "refused min_speedup": (
        "{single} is answered {measured} times as fast, and at least {allowed} is required",
        "{single}的速度为原来的 {measured} 倍，要求至少 {allowed} 倍",
    ),
    "no limit stated": (
        "No limit was stated (--max_loss, --min_speedup): what it lost and gained is reported; the judgment is yours.",
        "未设定上限（--max_loss、--min_speedup）：此处只报告得失，由您判断。",
    ),
    "within chance": (
        "On {rows:row|rows} the difference is not significant: its interval contains 0.",
        "在 {rows} 行上无法判定存在差别：区间包含 0。",
    ),
    "beyond chance": (
        "On {rows:row|rows} the difference is significant: its interval does not contain 0.",
        "在 {rows} 行上差别超出偶然：区间不包含 0。",
    ),
    "points": ("points", "个百分点"),
    "figure": ("figure", "指标"),
    "difference": ("difference", "差值"),
    "ratio": ("ratio", "比值"),
    "weights on disk": ("weights on disk", "权重大小"),
    "folder on disk": ("folder on disk", "文件夹大小"),
    "blocks": ("blocks", "层数"),
    "operations": ("operations, 128 tokens", "运算量，128 词元"),
    "p50 of one": ("{single}, median ms", "{single}，中位毫秒"),
    "p95 of one": ("{single}, 95th percentile ms", "{single}，95 分位毫秒"),
    "texts a second": ("{nouns} a second, {count} at once", "每秒{nouns}数，每批 {count}"),
    "texts/s": ("{nouns}/s", "{nouns}/秒"),
    "peak memory": ("peak memory", "内存峰值"),
    "memory of the model": ("of it beyond the libraries", "其中除去程序库"),
    "same answers": ("Both give the same answer to {share} of the rows.", "两者对 {share} 的行给出相同答案。"),
    "same numbers": ("The numbers of both correlate by {share}.", "两者给出的数值相关系数为 {share}。"),
    "same explanations": (
        "Their explanations ({method}) of {rows} rows rank the {units} alike by {value} ({interval}), Spearman; in {others} "
        "more rows they decide otherwise, or not between the same two.",
        "两者对 {rows} 行的解释（{method}）对{units}的排序，Spearman 相关为 {value}（{interval}）；"
        "另有 {others} 行两者决定不同，或所权衡的两者不同。",
    ),
    "how measured": (
        "Quality: {rows} rows of the test split, {draws:resample|resamples}, paired. Speed: both models in turns, "
        "{timed:row|rows} one at a "
        "time, and {at_once} at once in {rounds:round|rounds}. Memory: a process of its own for each, {at_once:row|rows} at "
        "once.",
        "质量：测试集 {rows} 行，配对重采样 {draws} 次。速度：两个模型交替计时，逐条 {timed} 行，"
        "每批 {at_once} 行共 {rounds} 轮。"
        "内存：各用独立进程，每批 {at_once} 行。",
    ),
    "training of": ("Training: {name}", "训练：{name}"),
    "cost and gain": ("Size, speed and memory", "体积、速度与内存"),
    # the ladder
    "ladder": ("Compression ladder", "压缩阶梯"),
    "rung": ("candidate", "方案"),
    "rung original": ("the model itself", "原模型"),
    "rung theseus-half": ("Theseus, 1/2 of the blocks", "忒修斯，1/2 层"),
    "rung distill-half": ("distilled, 1/2 of the blocks", "蒸馏，1/2 层"),
    "rung distill-third": ("distilled, 1/3 of the blocks", "蒸馏，1/3 层"),
    "rung control-theseus": ("first 1/2 of the blocks, trained alone", "前 1/2 层，单独训练（对照）"),
    "rung control-half": ("1/2 of the blocks, without teacher", "1/2 层，无教师（对照）"),
    "rung control-third": ("1/3 of the blocks, without teacher", "1/3 层，无教师（对照）"),
    "rung prune": ("half of the body pruned", "剪去一半主体"),
    "rung int8": ("int8", "int8"),
    "rung distill-half-int8": ("distilled, 1/2, and int8", "蒸馏 1/2 层加 int8"),
    "quality and speed": ("Quality against speed", "质量与速度"),
    "quality and size": ("Quality against size", "质量与体积"),
    "times as fast": ("times as fast on {single}", "{single}速度倍数"),
    "mebibytes": ("MiB of weights", "权重 MiB"),
    "kept": ("kept", "保留"),
    "lost points": ("lost, points", "损失，百分点"),
    "speedup": ("times as fast", "速度倍数"),
    "smaller by": ("times smaller", "缩小倍数"),
    "agreement": ("same answers", "答案一致"),
    "alike": ("same reasons (Spearman)", "理由一致（Spearman）"),
    "alike shortly": ("same reasons", "理由一致"),
    "median ms": ("median ms", "中位毫秒"),
    "against control": ("Whether the method did it: the same student without it", "方法是否有效：与不用该方法的同一学生比较"),
    "method": ("method", "方法"),
    "control": ("control", "对照"),
    "quality": ("Quality", "质量"),
    "not run": ("Not run", "未运行"),
    "why": ("why", "原因"),
    "ladder best": (
        "The fastest that keeps {share} of {figure}: {name}, {speedup} times as fast and {smaller} times smaller.",
        "在保留 {share} 的 {figure} 的方案中最快的是：{name}，速度 {speedup} 倍，体积缩小 {smaller} 倍。",
    ),
    "ladder none": ("No candidate keeps {share} of {figure} and is faster.", "没有方案能保留 {share} 的 {figure} 且更快。"),
    "ladder running": ("{done} of {all:candidate|candidates} so far.", "已完成 {done}/{all} 个方案。"),
    "ladder note": (
        "All candidates were evaluated on the same test split; the one chosen by it looks a little too good.",
        "所有方案都在同一测试集上评判；据此挑选会使选中的方案看起来略好于实际。",
    ),
    "corrected p": ("p, corrected", "p（校正后）"),
}
