#include "cbytes.h"
#include "csystem.h"
