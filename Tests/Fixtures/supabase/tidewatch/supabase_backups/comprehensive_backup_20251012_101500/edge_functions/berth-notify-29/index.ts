import { serve } from "../_shared/serve.ts";

// berth-notify-29
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-notify-29", id }));
});
