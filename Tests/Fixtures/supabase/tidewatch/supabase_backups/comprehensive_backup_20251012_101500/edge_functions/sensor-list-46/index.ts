import { serve } from "../_shared/serve.ts";

// sensor-list-46
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-list-46", id }));
});
