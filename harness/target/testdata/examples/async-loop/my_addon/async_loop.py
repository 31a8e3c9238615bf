def kick_async_loop():
    return True
