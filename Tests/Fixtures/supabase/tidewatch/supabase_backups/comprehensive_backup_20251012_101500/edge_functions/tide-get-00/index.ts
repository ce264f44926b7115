import { serve } from "../_shared/serve.ts";

// tide-get-00
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "tide-get-00", id }));
});
