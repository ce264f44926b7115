import { serve } from "../_shared/serve.ts";

// sensor-check-18
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-check-18", id }));
});
