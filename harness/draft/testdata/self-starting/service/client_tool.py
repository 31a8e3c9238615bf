"""A client that lies beside the add-on and is no part of it."""
import os

HOST = os.environ.get("CLIENT_HOST", "127.0.0.1")
PORT = int(os.environ.get("CLIENT_PORT", "9"))


def main():
    print(HOST, PORT)
