import bpy
