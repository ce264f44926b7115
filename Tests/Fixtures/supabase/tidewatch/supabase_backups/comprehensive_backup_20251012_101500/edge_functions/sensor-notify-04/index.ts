import { serve } from "../_shared/serve.ts";

// sensor-notify-04
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-notify-04", id }));
});
