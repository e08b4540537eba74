"""What explanations of single inputs say: methods, notices, checks, counterfactuals. In English and Chinese."""

EXPLANATION: dict[str, tuple[str, str]] = {
    # one explanation
    "explanation": ("Explanation", "解释"),
    "explanations of": ("{count} inputs explained", "解释了 {count} 个输入"),
    "input": ("Input", "输入"),
    "input number": ("Input {number}", "输入 {number}"),
    "explained number": ("number explained", "被解释的数值"),
    "logits of": ("{one} rather than {other} (difference of logits)", "{one}，而非 {other}（logit 之差）"),
    "logit of": ("{one} (logit)", "{one}（logit）"),
    "one against": ("{one} against {other}", "{one}（相对 {other}）"),
    "without any part": ("with no part there", "去掉所有部分时"),
    "speaks for": ("for {target}", "支持 {target}"),
    "speaks against": ("against", "反对"),
    "method": ("method", "方法"),
    "checks": ("checks", "检验"),
    "part": ("part", "部分"),
    "word": ("word", "词"),
    "score": ("score", "分数"),
    "all scores": ("All scores as numbers", "全部分数"),
    "methods side by side": ("The methods side by side", "各方法并列"),
    "side by side told": (
        "The words that matter most to any of the methods. Each column has its own scale: its darkest word is its strongest.",
        "对任一方法最重要的词。每列各有尺度：颜色最深的是该方法中最强的词。",
    ),
    "what methods do": ("What the methods do", "各方法的含义"),
    "notices": ("What a reader must know", "读者须知"),
    "explanation is of the model": (
        "An explanation says what the model does with this input, not what is true of the world.",
        "解释说明的是模型如何处理该输入，而不是世界的真实情况。",
    ),
    # methods
    "method ig": ("Integrated gradients", "积分梯度"),
    "method gradient_x_input": ("Gradient × input", "梯度 × 输入"),
    "method gradient_norm": ("Gradient norm", "梯度范数"),
    "method attention": ("Attention", "注意力"),
    "method rollout": ("Attention rollout", "注意力展开"),
    "method gradient_attention": ("Attention × gradient", "注意力 × 梯度"),
    "method lrp": ("LRP (AttnLRP)", "LRP（AttnLRP）"),
    "method cp_lrp": ("LRP (CP-LRP)", "LRP（CP-LRP）"),
    "method occlusion": ("Occlusion", "遮挡"),
    "method lime": ("LIME", "LIME"),
    "method shap": ("SHAP", "SHAP"),
    "method partition": ("SHAP, partitioned", "SHAP（分层划分）"),
    "method random": ("Random ranking", "随机排序"),
    "about ig": (
        "Gradients summed on the way from an input without words to this one (Sundararajan et al., 2017).",
        "从无词输入到该输入的路径上对梯度求和（Sundararajan 等，2017）。",
    ),
    "about gradient_x_input": ("How fast the number changes with a word, times the word.", "数值随词变化的速度乘以词本身。"),
    "about gradient_norm": ("How fast the number changes with a word; it has no sign.", "数值随词变化的速度，没有正负之分。"),
    "about attention": (
        "How much of the attention a word gets; not an explanation by itself.",
        "词所得到的注意力份额；其本身并不是解释。",
    ),
    "about rollout": (
        "Attention multiplied through the layers (Abnar and Zuidema, 2020).",
        "逐层相乘的注意力（Abnar 与 Zuidema，2020）。",
    ),
    "about gradient_attention": (
        "Attention weighed by its gradient (Chefer et al., 2021).",
        "以梯度加权的注意力（Chefer 等，2021）。",
    ),
    "about lrp": (
        "Relevance passed back from layer to layer (Achtibat et al., 2024).",
        "逐层回传的相关性（Achtibat 等，2024）。",
    ),
    "about cp_lrp": (
        "Relevance passed back with attention held still (Ali et al., 2022).",
        "固定注意力后回传的相关性（Ali 等，2022）。",
    ),
    "about occlusion": ("What changes when one word is taken away.", "去掉一个词时数值的变化。"),
    "about lime": (
        "A linear model of the number around this input (Ribeiro et al., 2016).",
        "该输入附近的线性近似（Ribeiro 等，2016）。",
    ),
    "about shap": (
        "Shapley values: a word's mean effect over all orders of adding words (Lundberg and Lee, 2017).",
        "Shapley 值：按所有加入次序平均的词效应（Lundberg 与 Lee，2017）。",
    ),
    "about partition": (
        "Owen values: Shapley values of halves, halves of halves, and so on.",
        "Owen 值：对半、再对半……的 Shapley 值。",
    ),
    "about random": ("Drawn by chance: what every explanation must beat.", "随机抽取：任何解释都必须胜过它。"),
    # what a reader must be told of methods, in the methods' own words
    "notice lrp": (
        "LRP is said by authors of the method to be patented, and free for personal and scientific purposes: whoever makes a "
        "product with it has to find out",
        "据该方法的作者称，LRP 已申请专利，个人与科研用途免费；将其用于产品者须自行查明",
    ),
    "notice cp_lrp": (
        "LRP is said by authors of the method to be patented, and free for personal and scientific purposes: whoever makes a "
        "product with it has to find out",
        "据该方法的作者称，LRP 已申请专利，个人与科研用途免费；将其用于产品者须自行查明",
    ),
    "notice attention": (
        "where a model looks is not an explanation by itself: heads look at what they do not use",
        "模型看向何处本身并不是解释：注意力头也会看它们并不使用的内容",
    ),
    "notice rollout": (
        "where a model looks is not an explanation by itself: heads look at what they do not use",
        "模型看向何处本身并不是解释：注意力头也会看它们并不使用的内容",
    ),
    "notice gradient_attention": (
        "only what speaks for the target is shown: nothing here speaks against it",
        "只显示支持目标的部分：这里没有反对目标的内容",
    ),
    "notice gradient_norm": (
        "the length of a gradient has no sign: it says how much, not which way",
        "梯度的长度没有正负：它说明影响多大，而不说明方向",
    ),
    "notice random": ("drawn by chance: a control", "随机抽取：用作对照"),
    # checks
    "check completeness": ("missing from completeness", "完备性缺口"),
    "check efficiency": ("missing from efficiency", "效率性缺口"),
    "check conservation": ("missing from conservation", "守恒性缺口"),
    "check special": ("on special tokens", "特殊词元所得"),
    "check comprehensiveness": ("comprehensiveness", "全面性"),
    "check sufficiency": ("sufficiency", "充分性"),
    "check beats_random": ("random rankings beaten", "胜过的随机排序比例"),
    "check steps": ("steps", "步数"),
    "check samples": ("samples", "采样数"),
    "check fit": ("fit (R²)", "拟合度 (R²)"),
    "check other_baseline": ("from another baseline: with no part there", "另一基线：去掉所有部分时"),
    "check other_completeness": ("from another baseline: missing from completeness", "另一基线：完备性缺口"),
    "check other_agreement": ("from another baseline: rank correlation", "另一基线：秩相关"),
    "check stability": ("rank correlation of the halves of the samples", "两半样本的秩相关"),
    "check closed": ("shared alike in unopened halves", "未展开部分均分的比例"),
    "check positions": ("on positions", "位置向量所得"),
    "check biases": ("on biases", "偏置所得"),
    "check softmax": ("kept by softmaxes", "softmax 所留"),
    "check rows_sum_to_1": ("rows of weights differ from 1 by", "权重行和与 1 之差"),
    "check rounding": ("not what the model says in int8, by", "与模型 int8 运算所得相差"),
    "check unread": ("words not read", "未读入的词"),
    # counterfactuals
    "smallest changes": ("The smallest changes that turn the verdict", "能改变判断的最小改动"),
    "now": ("now {label}, probability {share}", "当前为 {label}，概率 {share}"),
    "changed text": ("changed text", "改动后的文本"),
    "becomes": ("becomes", "变为"),
    "old label": ("probability of {label}", "{label} 的概率"),
    "no change turns": ("No change that was tried turns the verdict.", "尝试过的改动都不能改变判断。"),
}
