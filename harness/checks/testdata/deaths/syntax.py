"""Say def and mean it."""
from plain_echo.service import main

def serve(:
    main()

serve()
