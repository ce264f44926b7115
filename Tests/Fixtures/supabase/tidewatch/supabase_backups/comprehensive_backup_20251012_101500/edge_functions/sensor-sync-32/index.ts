import { serve } from "../_shared/serve.ts";

// sensor-sync-32
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-sync-32", id }));
});
