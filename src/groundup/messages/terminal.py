"""What commands say on the terminal while they work and when they are done. In English and Chinese."""

TERMINAL: dict[str, tuple[str, str]] = {
    "finished already": ("{out} is finished already", "{out} 已经完成"),
}
