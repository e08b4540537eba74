"""What the page of an evaluation says: the verdict, alarms, headings and footnotes. In English and Chinese."""

EVALUATION: dict[str, tuple[str, str]] = {
    # what a model is made of
    "architecture": ("Architecture", "结构"),
    "parts and parameters": ("Parts and their parameters", "各部分及其参数"),
    "model card": ("Model card", "模型卡"),
    # verdict
    "wins": (
        "The Transformer wins: {model} {metric} against {other} of {name} (difference {difference}, "
        "95 % interval {low} to {high}).",
        "Transformer 胜出：{metric} {model}，而{name}为 {other}（差值 {difference}，95% 区间 {low} 至 {high}）。",
    ),
    "loses": (
        "The Transformer did not win: {name} reaches {other} {metric} against {model} (difference {difference}, "
        "95 % interval {low} to {high}).",
        "Transformer 没有胜出：{name}的{metric}为 {other}，Transformer 为 {model}"
        "（差值 {difference}，95% 区间 {low} 至 {high}）。",
    ),
    "ahead": (
        "The Transformer is ahead, but not clearly: {model} {metric} against {other} of {name} "
        "(difference {difference}, 95 % interval {low} to {high}); {rows:test row|test rows} cannot tell them apart.",
        "Transformer 略微领先，但并不明确：{metric} {model}，而{name}为 {other}（差值 {difference}，"
        "95% 区间 {low} 至 {high}）；{rows} 行测试数据无法区分两者。",
    ),
    "behind": (
        "The Transformer did not win: {name} reaches {other} {metric} against {model} (difference {difference}, "
        "95 % interval {low} to {high}); {rows:test row|test rows} cannot tell them apart.",
        "Transformer 没有胜出：{name}的{metric}为 {other}，Transformer 为 {model}"
        "（差值 {difference}，95% 区间 {low} 至 {high}）；{rows} 行测试数据无法区分两者。",
    ),
    "alone": (
        "No baseline was trained on these rows, so nothing says whether {model} {metric} is good.",
        "没有在这些数据上训练基线，因此无法判断 {metric} {model} 是好是坏。",
    ),
    "compared there": (
        " The comparison with the baselines on these rows is in {where}.",
        "与基线在这些数据上的比较见 {where}。",
    ),
    "compared elsewhere": (
        "{metric} {model}; the comparison with the baselines on these rows is in {where}.",
        "{metric} 为 {model}；与基线在这些数据上的比较见 {where}。",
    ),
    "too few": (
        "{rows} too few to tell how good the model is ({metric} {model}).",
        "{rows}太少，无法判断模型的好坏（{metric} {model}）。",
    ),
    "too few beside": (" The best of the simple methods, {name}, has {other}.", "最好的简单方法{name}为 {other}。"),
    "one row": ("1 row is", "1 行"),
    "few rows": ("{rows} rows are", "{rows} 行"),
    "no rows": ("No labelled row: nothing could be scored.", "没有带标签的行，无法评分。"),
    "worthless": (
        "It does not clearly beat always answering {label!r} ({other} {metric}).",
        "它没有明显胜过总是回答“{label}”（{metric} {other}）。",
    ),
    # alarms
    "collapsed": (
        "Collapsed: every one of the {rows:row|rows} is predicted as {label!r}. Check the learning rate, the number of "
        "updates and the class balance.",
        "模型坍缩：全部 {rows} 行都被预测为“{label}”。请检查学习率、更新次数和类别均衡。",
    ),
    "empty answers": (
        "Collapsed: every one of the {rows} answers is empty. Check the learning rate, the number of updates and the targets.",
        "模型坍缩：全部 {rows} 个答案都为空。请检查学习率、更新次数和目标。",
    ),
    "same answers": (
        "Collapsed: every one of the {rows} answers is the same, {answer!r}. Check the learning rate, the number of updates "
        "and the targets.",
        "模型坍缩：全部 {rows} 个答案都是“{answer}”。请检查学习率、更新次数和目标。",
    ),
    "never predicted": ("Never predicted: {labels}.", "从未被预测的类别：{labels}。"),
    "label map": (
        "Accuracy {accuracy} is far below what guessing with the same answers gives ({chance}): is the label map "
        "wrong? Rows of {true!r} are mostly predicted as {predicted!r}.",
        "准确率 {accuracy} 远低于同样回答随机分配时的 {chance}：标签映射是否有误？“{true}”的行大多被预测为“{predicted}”。",
    ),
    "unseen labels": (
        "Rows with a label the model was never trained on, all counted as errors: {rows} ({labels}).",
        "标签在训练中从未出现的行，全部计为错误：{rows} 行（{labels}）。",
    ),
    "unlabelled": ("Rows without a label, not scored: {rows}.", "没有标签、不参与评分的行：{rows} 行。"),
    "leaking": (
        "{share} of the test rows also occur in the training rows, exactly or nearly: the figures are too good.",
        "测试集中有 {share} 的行与训练集完全或近似重复：结果偏于乐观。",
    ),
    "cut texts": (
        "{share} of the texts are longer than the {limit:token|tokens} that the model reads; the rest was not read.",
        "{share} 的文本超过模型可读的 {limit} 个词元，其后的内容未被读取。",
    ),
    "overconfident": (
        "The probabilities are overconfident: mean confidence {confidence}, accuracy {accuracy}.",
        "概率过于自信：平均置信度 {confidence}，准确率 {accuracy}。",
    ),
    # headings
    "size of it": ("{rows:row|rows}, {classes:class|classes}", "{rows} 行，{classes} 个类别"),
    "rows of it": ("{rows} rows", "{rows} 行"),
    "classification report": ("Classification report", "分类报告"),
    "report": ("Report", "报告"),
    "further figures": ("Further figures", "其他指标"),
    "figure": ("figure", "指标"),
    "by label": ("By label", "按标签"),
    "worst answers": ("Worst answers", "最差的回答"),
    "telling cells": ("most telling cells", "最关键的单元格"),
    "what cells tell": (
        "Of each row the cells without which the answer changes most.",
        "每行中去掉后回答变化最大的单元格。",
    ),
    "cells": ("row", "行"),
    "image": ("image", "图像"),
    "wrong by": ("wrong by", "偏差"),
    "result": ("Result", "结果"),
    "head out": ("run", "运行"),
    "head model": ("model", "模型"),
    "head data": ("data", "数据"),
    "head seed": ("seed", "随机种子"),
    "against baselines": ("Against the baselines", "与基线比较"),
    "classes": ("Classes", "各类别"),
    "confusion": ("Confusion matrix", "混淆矩阵"),
    "most confused": ("Most frequent confusions", "最常见的混淆"),
    "calibration": ("Calibration", "校准"),
    "kinds of input": ("What each kind of input is worth", "各类输入的作用"),
    "kinds read": ("kinds read", "读取的输入"),
    "kinds explained": (
        "The model answers the rows again as if they had some of their kinds alone.",
        "模型重新回答各行，只读取其中部分类型的输入。",
    ),
    "minus whole rows": ("minus the same rows read whole", "与完整读取同样各行之差"),
    "kind text": ("text", "文本"),
    "kind image": ("image", "图像"),
    "kind table": ("table", "表格"),
    "missing value": ("missing", "缺失"),
    "from one to another": ("{low} to {high}", "{low} 至 {high}"),
    "slices": ("Slices", "分组结果"),
    "worst errors": ("Most confident errors", "最自信的错误"),
    "training": ("Training", "训练过程"),
    "data": ("Data", "数据"),
    "settings": ("Settings", "设置"),
    "facts": ("Facts", "运行信息"),
    "values used": ("Values used in training", "训练实际采用的取值"),
    # footnotes
    "macro averages": (
        "Macro F1 is the plain mean over {number} of {classes:class|classes}{left_out}; an undefined figure (–) enters no "
        "average. Intervals: {draws} resamples of the test rows.",
        "宏平均 F1 是 {classes} 个类别中 {number} 个的简单平均{left_out}；未定义的数值（–）不参与平均。"
        "区间：对测试行重采样 {draws} 次。",
    ),
    "left out": (
        " (left out, as they occur neither as label nor as prediction: {labels})",
        "（既无标签也无预测而未计入：{labels}）",
    ),
    "cut matrix": ("The first {shown} of {classes:class|classes} are drawn.", "只画出 {classes} 个类别中的前 {shown} 个。"),
    "no errors": ("No row was wrong.", "没有预测错误的行。"),
}
