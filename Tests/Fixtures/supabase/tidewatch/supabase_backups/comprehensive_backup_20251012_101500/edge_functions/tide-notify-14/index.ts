import { serve } from "../_shared/serve.ts";

// tide-notify-14
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-notify-14", id }));
});
