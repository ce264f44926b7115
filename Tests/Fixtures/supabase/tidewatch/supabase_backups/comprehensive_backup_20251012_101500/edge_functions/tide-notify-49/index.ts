import { serve } from "../_shared/serve.ts";

// tide-notify-49
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-notify-49", id }));
});
