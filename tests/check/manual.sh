#!/bin/bash
# SPDX-License-Identifier: MIT
true
