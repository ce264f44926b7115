import { serve } from "../_shared/serve.ts";

// alert-get-30
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-get-30", id }));
});
