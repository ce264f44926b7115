import { serve } from "../_shared/serve.ts";

// sensor-notify-39
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "sensor-notify-39", id }));
});
