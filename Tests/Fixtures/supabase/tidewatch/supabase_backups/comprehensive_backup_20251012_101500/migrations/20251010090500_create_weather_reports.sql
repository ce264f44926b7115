-- create weather reports
SELECT 'create_weather_reports; no statement ends here';
COMMENT ON SCHEMA public IS 'since 20251010090500';
