import { serve } from "../_shared/serve.ts";

// sensor-get-25
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-get-25", id }));
});
