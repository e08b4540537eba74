"""What pages that compare say: models, the GLUE tasks, learning curves. In English and Chinese."""

COMPARISON: dict[str, tuple[str, str]] = {
    # comparison
    "comparison": ("Comparison", "模型比较"),
    "is best": ("Best: {name}, accuracy {accuracy} on {rows:row|rows}.", "最佳：{name}，在 {rows} 行上准确率为 {accuracy}。"),
    "too few to compare": ("{rows} too few to tell which system is better.", "{rows}太少，无法判断哪个系统更好。"),
    "clearly better than": ("Clearly better than {names}.", "明显优于 {names}。"),
    "cannot be told from": ("These rows cannot distinguish it from {names}.", "这些数据无法将其与 {names} 区分开。"),
    "cost": ("Size and speed", "规模与速度"),
    "kind": ("kind", "类型"),
    "kind model": ("model", "模型"),
    "kind report": ("report", "报告"),
    "kind baseline": ("baseline", "基线"),
    "parameters": ("parameters", "参数"),
    "size on disk": ("size on disk", "磁盘大小"),
    "p50": ("one row, median (ms)", "单行中位数（毫秒）"),
    "p95": ("one row, 95 of 100 (ms)", "单行 95 分位（毫秒）"),
    "rows per second": ("rows per second", "每秒行数"),
    "seconds for all": ("time for all rows", "全部行用时"),
    "how timed": (
        "Measured in turns, so that what else the machine did fell on all alike: {rows:row|rows} one at a time, "
        "{rounds:round|rounds} of "
        "many.",
        "各模型轮流测量，机器的其他负载对所有模型影响相同：逐行 {rows} 次，批量 {rounds} 轮。",
    ),
    "in pairs": ("In pairs", "两两比较"),
    "one system": ("system", "系统"),
    "other system": ("against", "对比"),
    "difference in accuracy": ("difference in accuracy", "准确率之差"),
    "difference in macro_f1": ("difference in macro F1", "宏平均 F1 之差"),
    "only one right": ("only it / only the other right", "仅其正确 / 仅对方正确"),
    "mcnemar": ("p, McNemar", "p（McNemar）"),
    "randomised": ("p, randomised, accuracy", "p（随机化，准确率）"),
    "randomised macro_f1": ("p, randomised, macro F1", "p（随机化，宏平均 F1）"),
    "agreement": ("same answer", "答案一致"),
    "how tested": (
        "Intervals: {draws:paired resample|paired resamples} of the rows. McNemar: exact binomial test of the rows that only "
        "one has right. "
        "Randomised: {swaps:random swap|random swaps} of the two systems' answers. Every p is corrected for {pairs} "
        "comparisons (Holm).",
        "区间：对行成对重采样 {draws} 次。McNemar：对只有一方正确的行做精确二项检验。"
        "随机化：随机交换两个系统的答案 {swaps} 次。所有 p 值均按 {pairs} 次比较做 Holm 校正。",
    ),
    "where they differ": ("Where they differ", "答案不同之处"),
    "never differ": ("They answer every row alike.", "所有行的答案都相同。"),
    "differing rows": (
        "They differ on {count} of {rows:row|rows}; {shown} are here, those that fewest have right first; all are in "
        "answers.csv.",
        "{rows} 行中有 {count} 行答案不同；此处列出 {shown} 行，答对者最少的在前，全部见 answers.csv。",
    ),
    "who is right": ("right:", "答对者："),
    "nobody": ("nobody", "无"),
    "all of them": ("all", "全部"),
    # GLUE
    "glue": ("GLUE", "GLUE 基准"),
    "glue average": ("GLUE average over the nine tasks: {value}", "GLUE 九项任务平均：{value}"),
    "glue part": (
        "Mean of the scores of {count:task|tasks}: {value}. This is not the GLUE average: {missing}.",
        "{count} 项任务得分的平均：{value}。这不是 GLUE 平均分：{missing}。",
    ),
    "glue none": ("No task has a score yet.", "尚无任务得分。"),
    "tasks": ("Tasks", "任务"),
    "task": ("task", "任务"),
    "metric": ("metric", "指标"),
    "judged on": ("judged on", "评测数据"),
    "minutes": ("minutes", "分钟"),
    "notes": ("Notes", "说明"),
    "submission": ("Submission", "提交文件"),
    "openings": ("times the test set was used", "测试集使用次数"),
    "leakage": ("test rows that also occur in training", "同时出现在训练集的测试行"),
    # learning curves
    "learning curve": ("Learning curve", "学习曲线"),
    "minus baseline": ("minus {baseline}", "与{baseline}之差"),
    "seeds": ("seeds", "随机种子数"),
    "paired over seeds": ("Against {baseline}, paired over seeds", "与{baseline}按种子成对比较"),
    "curve from": (
        "{name} beats {baseline} from {rows:training row|training rows} on ({difference} accuracy there, p {p}, "
        "{seeds:seed|seeds}).",
        "从 {rows} 行训练数据起，{name} 优于{baseline}（该处准确率相差 {difference}，p {p}，{seeds} 个种子）。",
    ),
    "curve never": (
        "{name} does not clearly beat {baseline} within these sizes ({low} to {high} rows, {seeds:seed|seeds}).",
        "在这些规模内（{low} 至 {high} 行，{seeds} 个种子），{name} 没有明确优于{baseline}。",
    ),
}
