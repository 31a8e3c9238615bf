#!/bin/bash
exec blender --background
