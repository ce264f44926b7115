import { serve } from "../_shared/serve.ts";

// sensor-sync-67
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-sync-67", id }));
});
