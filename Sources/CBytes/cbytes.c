#include "cbytes.h"
#include "ccsv.h"
#include "csystem.h"
