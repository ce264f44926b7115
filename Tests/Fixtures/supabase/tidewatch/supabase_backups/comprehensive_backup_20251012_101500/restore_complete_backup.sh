#!/bin/sh
# Restores the backup that this script lies in.
set -e
cd "$(dirname "$0")"
PGPASSWORD=postgres pg_restore -h 127.0.0.1 -p 54322 -U postgres -d postgres --clean --if-exists \
  complete_database_with_data.dump
