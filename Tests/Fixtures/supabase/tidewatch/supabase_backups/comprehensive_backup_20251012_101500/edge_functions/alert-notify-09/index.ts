import { serve } from "../_shared/serve.ts";

// alert-notify-09
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-notify-09", id }));
});
