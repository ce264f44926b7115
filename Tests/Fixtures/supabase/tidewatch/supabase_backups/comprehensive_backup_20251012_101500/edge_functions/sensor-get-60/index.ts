import { serve } from "../_shared/serve.ts";

// sensor-get-60
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-get-60", id }));
});
