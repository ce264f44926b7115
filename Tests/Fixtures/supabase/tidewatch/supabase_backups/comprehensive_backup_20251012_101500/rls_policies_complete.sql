          info          
------------------------
 -- RLS POLICIES BACKUP
(1 row)

                    info                     
---------------------------------------------
 -- Generated: 2025-10-12 08:15:00.581701+00
(1 row)

 ?column? 
----------
 
(1 row)

                           enable_rls                           
----------------------------------------------------------------
 ALTER TABLE public.alert_rules ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.api_providers ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.berths ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.departments ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.harbours ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.inspection_items ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.inspections ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.invoice_lines ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.moorings ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.role_permissions ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.sensor_events ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.sensors ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.system_settings ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.tide_readings ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.user_profiles ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.user_roles ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.vessel_owners ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.vessels ENABLE ROW LEVEL SECURITY;
 ALTER TABLE public.weather_reports ENABLE ROW LEVEL SECURITY;
(22 rows)

