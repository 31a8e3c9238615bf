#!/bin/sh
exec blender "$@"
