#include "cbytes.h"
#include "ccsv.h"
#include "cjson.h"
#include "csystem.h"
