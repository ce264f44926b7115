import { serve } from "../_shared/serve.ts";

// sensor-check-53
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-check-53", id }));
});
