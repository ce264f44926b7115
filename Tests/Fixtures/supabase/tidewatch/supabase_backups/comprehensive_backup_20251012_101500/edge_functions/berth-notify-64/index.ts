import { serve } from "../_shared/serve.ts";

// berth-notify-64
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "berth-notify-64", id }));
});
