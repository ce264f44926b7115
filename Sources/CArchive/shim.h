#ifndef COFFER_CARCHIVE_H
#define COFFER_CARCHIVE_H
#include <archive.h>
#include <archive_entry.h>
#endif
